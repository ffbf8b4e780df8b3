package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
)

// progress is one line on stderr about work that takes a while: on a terminal it
// is drawn over and over and taken away at the end, elsewhere it is a line a
// minute, so that a log shows that the program lives. The zero value and nil say
// nothing.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	columns  int // of the terminal; 0: not known
	started  time.Time
	last     time.Time
	drawn    bool
	timer    *time.Timer
}

const (
	redrawn = 100 * time.Millisecond
	logged  = time.Minute
)

// begin starts the line of a command.
func (env Env) begin() *progress {
	now := time.Now()
	return &progress{w: env.Stderr, terminal: env.Progress, columns: env.Columns, started: now, last: now}
}

// say shows the text if it is time for it. It may be called often.
func (p *progress) say(text func() string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := logged
	if p.terminal {
		wait = redrawn
	}
	if p.w == nil || time.Since(p.last) < wait {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf("%s, %s", text(), time.Since(p.started).Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	if p.columns > 0 {
		line = runewidth.Truncate(line, p.columns-1, "…")
	}
	fmt.Fprint(p.w, "\r\x1b[K"+line)
	p.drawn = true
}

// waiting says the text every second, for work that tells nothing of itself,
// until it is called again; "" is for work that does.
func (p *progress) waiting(text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if text == "" || p.w == nil {
		return
	}
	var own *time.Timer
	own = time.AfterFunc(time.Second, func() {
		p.say(func() string { return text })
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.timer == own {
			own.Reset(time.Second)
		}
	})
	p.timer = own
}

// clear ends the line and takes it away.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if p.drawn && p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.w = nil
}
