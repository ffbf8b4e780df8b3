// Package interrupt hears SIGINT and SIGTERM from the first millisecond on. It
// listens from its own initialisation and imports so little that it is the first
// of the program's packages to be initialised: the others take some twenty
// milliseconds, in which a signal would end the process without a word.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Context is cancelled by the first signal; a second one ends the process at
// once. Stop ends the listening.
var Context, Stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

func init() { context.AfterFunc(Context, Stop) }
