package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// checksum of fields, each with its length.
func checksum(fields ...string) uint32 {
	var b []byte
	for _, f := range fields {
		b = append(binary.AppendUvarint(b, uint64(len(f))), f...)
	}
	return crc32.ChecksumIEEE(b)
}

// crc is the checksum of a segment of a run.
func (seg Segment) crc(run int64) uint32 {
	return checksum(fmt.Sprint(run, seg.Seq, seg.Decisions, seg.Matches), string(seg.Log))
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// content is the checksum of what the seal of a run is set on.
func content(ctx context.Context, q querier, run, segments int64) (uint32, error) {
	var name, identity, plan, created string
	err := q.QueryRowContext(ctx, "SELECT name, identity, plan, created FROM run WHERE id = ?", run).Scan(&name, &identity, &plan, &created)
	if err != nil {
		return 0, err
	}
	fields := []string{fmt.Sprint(run, segments), name, identity, plan, created}
	rows, err := q.QueryContext(ctx, "SELECT source, digest FROM run_policy WHERE run = ? ORDER BY source", run)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var source, digest string
		if err := rows.Scan(&source, &digest); err != nil {
			return 0, err
		}
		fields = append(fields, source, digest)
	}
	return checksum(fields...), rows.Err()
}

// seal sets the seal of a run on what it holds now, so many segments.
func seal(ctx context.Context, q querier, run, segments int64) error {
	crc, err := content(ctx, q, run, segments)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, "INSERT INTO seal (run, segments, crc) VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET segments = excluded.segments, crc = excluded.crc", run, segments, crc)
	return err
}

// sealed checks that a run is what its seal was set on. Databases not yet
// brought up to date have none.
func (s *Store) sealed(ctx context.Context, run int64) error {
	if s.version < 2 {
		return nil
	}
	var segments, there int64
	var crc uint32
	err := s.db.QueryRowContext(ctx, "SELECT segments, crc, (SELECT count(*) FROM segment WHERE run = seal.run) FROM seal WHERE run = ?", run).Scan(&segments, &crc, &there)
	if err == nil {
		var now uint32
		if now, err = content(ctx, s.db, run, segments); err == nil && now == crc && there == segments {
			return nil
		}
	}
	if err == nil || err == sql.ErrNoRows {
		err = fmt.Errorf("%w: run %d is not what was stored", ErrDamaged, run)
	}
	return err
}

// sound lets SQLite check the file's structure.
func (s *Store) sound(ctx context.Context) error {
	var found string
	err := s.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found)
	if err == nil && found != "ok" {
		err = fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	if err == nil {
		err = s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&s.version)
	}
	return s.fail(err)
}
