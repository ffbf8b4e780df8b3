// Package pool plays requests on the cores of this machine. It knows neither
// games nor agents: they are at the tables it is given.
package pool

import (
	"context"

	"arbiter/internal/par"
	"arbiter/sampling"
)

// Table is a place to play at. It belongs to one worker at a time.
type Table interface {
	// Play adds the plays of a request to sum.
	Play(ctx context.Context, req sampling.Request, sum *sampling.Sum) error
}

// Pool plays requests, or parts of them, at several tables at once. It is not
// safe for concurrent use.
type Pool struct {
	tables []Table
	chunk  int64
	newSum func() sampling.Sum
}

// New returns a pool of up to so many workers, 0 for one per core, each with a
// table of its own. chunk is how many plays a worker takes at a time: sums are
// exact, so that the results depend neither on it nor on the workers.
func New(workers int, chunk int64, table func() Table, newSum func() sampling.Sum) *Pool {
	p := &Pool{chunk: chunk, newSum: newSum}
	for range par.Workers(workers) {
		p.tables = append(p.tables, table())
	}
	return p
}

// Play adds the plays of every request to its sum and returns how many requests,
// from the first on, are whole.
func (p *Pool) Play(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (whole int, err error) {
	plays := int64(0)
	for _, q := range reqs {
		plays += q.N
	}
	if len(p.tables) == 1 || plays <= p.chunk {
		return p.alone(ctx, reqs, sums)
	}
	return p.together(ctx, reqs, sums)
}

// part is what is played at a time of q from play at on.
func (p *Pool) part(q sampling.Request, at int64) sampling.Request {
	return sampling.Request{Cell: q.Cell, First: q.First + at, N: min(p.chunk, q.N-at)}
}

// alone plays the requests one after the other in this goroutine.
func (p *Pool) alone(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (int, error) {
	for i, q := range reqs {
		for at := int64(0); at < q.N; at += p.chunk {
			if err := ctx.Err(); err != nil {
				return i, err
			}
			if err := p.tables[0].Play(ctx, p.part(q, at), &sums[i]); err != nil {
				return i, err
			}
		}
	}
	return len(reqs), nil
}

// together shares the chunks of the requests among the workers and adds them
// up in order.
func (p *Pool) together(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (int, error) {
	type chunk struct {
		sampling.Request
		of   int
		sum  sampling.Sum
		done bool
	}
	var chunks []chunk
	for i, q := range reqs {
		for at := int64(0); at < q.N; at += p.chunk {
			chunks = append(chunks, chunk{Request: p.part(q, at), of: i, sum: p.newSum()})
		}
	}
	err := par.For(ctx, len(p.tables), len(chunks), func(w, c int) error {
		ch := &chunks[c]
		err := p.tables[w].Play(ctx, ch.Request, &ch.sum)
		ch.done = err == nil
		return err
	})
	for _, ch := range chunks {
		if !ch.done {
			return ch.of, err
		}
		sums[ch.of].Add(ch.sum)
	}
	return len(reqs), nil
}
