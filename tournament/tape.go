package tournament

import (
	"context"
	"fmt"
	"slices"
)

// Tape is a Journal in memory: the segments of a log, in order. It goes into
// Options.Stored as it is. It may not be shared by goroutines.
type Tape [][]byte

// Append keeps a segment; one out of turn is refused.
func (t *Tape) Append(ctx context.Context, seq, _, _ int64, log []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if seq != int64(len(*t)) {
		return fmt.Errorf("segment %d is out of turn, expected %d", seq, len(*t))
	}
	*t = append(*t, slices.Clone(log))
	return nil
}
