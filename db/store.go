// Package db keeps runs in SQLite: their plans, the files they were made from
// and the ordered log of their decisions. To it a log is bytes with a checksum;
// it knows no game and no ranking.
package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"arbiter/spec"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Run is a tournament.
type Run struct {
	ID       int64     // the row's, from 1
	Name     string    // what people call it; any number of runs may share one
	Identity string    // digest of all it depends on; unique
	Plan     []byte    // all that is needed to rank its log
	Created  time.Time // UTC, to the second

	Decisions, Matches int64 // logged so far
}

// Segment is one row of a run's log: many decisions, in order.
type Segment struct {
	Seq                int64  // 0, 1, …
	Decisions, Matches int64  // in Log, and the matches these took
	Log                []byte // what the tournament wrote; the store does not look into it
}

// Policy is a file a run was made from.
type Policy struct {
	Digest, Source string // SHA-256 of Body, hex; the path as written
	Body           []byte // the bytes of the file
}

// Store is an open database. It may be shared by goroutines.
type Store struct {
	db      *sql.DB
	file    string
	version int         // of the schema
	is      os.FileInfo // the file when it was opened
	remove  func()      // copies, if any
}

// Open opens a database for writing. It creates one where there is no file or
// an empty one, and brings an older one up to date.
func Open(ctx context.Context, file string) (*Store, error) {
	exists, err := inspect(file)
	if err != nil {
		return nil, err
	}
	if !exists {
		err := create(file, func(temporary string) error {
			s, err := connect(ctx, temporary, "_journal_mode=DELETE&_synchronous=FULL&_foreign_keys=on")
			if err != nil {
				return err
			}
			return errors.Join(s.migrate(ctx), s.sealAll(ctx), s.Close())
		})
		if err != nil {
			return nil, err
		}
	}
	s, err := connect(ctx, file, "_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	for _, step := range []func(context.Context) error{s.sound, s.migrate, s.sealAll} {
		if err := step(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// sealAll seals the runs of a database just brought up to date.
func (s *Store) sealAll(ctx context.Context) error {
	if s.version == schemaVersion {
		return nil
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.fail(err)
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, "SELECT id, (SELECT count(*) FROM segment WHERE run = id) FROM run WHERE id NOT IN (SELECT run FROM seal)")
	if err != nil {
		return s.fail(err)
	}
	segments := map[int64]int64{}
	for rows.Next() {
		var id, n int64
		if err := rows.Scan(&id, &n); err != nil {
			return s.fail(errors.Join(err, rows.Close()))
		}
		segments[id] = n
	}
	if err := rows.Err(); err != nil {
		return s.fail(err)
	}
	for id, n := range segments {
		if err := seal(ctx, tx, id, n); err != nil {
			return s.fail(err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)); err != nil {
		return s.fail(err)
	}
	s.version = schemaVersion
	return s.fail(tx.Commit())
}

// OpenRead opens a database for reading. It never creates one.
func OpenRead(ctx context.Context, file string) (*Store, error) {
	exists, err := inspect(file)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, fmt.Errorf("%s: there is no database here; arbiter run makes one", file)
	}
	// Not mode=ro: the last reader could then not tidy up what WAL leaves.
	const settings = "_busy_timeout=5000&_foreign_keys=on&_query_only=on"
	s, err := connectSound(ctx, file, settings)
	if causeOf(err) != unwritable {
		return s, err
	}
	// A folder that cannot be written.
	if wal, err := os.Stat(file + "-wal"); err != nil || wal.Size() == 0 {
		return connectSound(ctx, file, settings+"&mode=ro&immutable=1")
	}
	return openBeside(ctx, file, settings)
}

// openBeside opens copies of a database and its log.
func openBeside(ctx context.Context, file, settings string) (*Store, error) {
	copied, remove, err := beside(file)
	if err != nil {
		return nil, fmt.Errorf("%s: it has a log beside it that cannot be read with it: %w", file, err)
	}
	s, err := connectSound(ctx, copied, settings)
	if err != nil {
		remove()
		return nil, err
	}
	s.file, s.remove = file, remove
	return s, nil
}

func connectSound(ctx context.Context, file, settings string) (*Store, error) {
	s, err := connect(ctx, file, settings)
	if err != nil {
		return nil, err
	}
	if err := s.sound(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func connect(ctx context.Context, file, settings string) (*Store, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: settings}
	d, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := &Store{db: d, file: file}
	if err := d.PingContext(ctx); err != nil {
		d.Close()
		return nil, s.fail(err)
	}
	s.is, _ = os.Stat(file) // a file that is gone already is found by Check
	return s, nil
}

// Check reports, as ErrGone, that the file that was opened is no longer there.
func (s *Store) Check() error {
	if now, err := os.Stat(s.file); err != nil || !os.SameFile(now, s.is) {
		return s.fail(ErrGone)
	}
	return nil
}

// Intact looks at the file again, not at what this process remembers of it, and
// reports as ErrGone or ErrDamaged that the run cannot be read from it. A file
// that another process has locked meanwhile is taken to be as it was.
func (s *Store) Intact(ctx context.Context, run int64) error {
	if err := s.Check(); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	if causeOf(err) == corrupt {
		return s.fail(err)
	}
	var other *Store
	if other, err = connectSound(ctx, s.file, "_busy_timeout=5000&_foreign_keys=on&_query_only=on"); err == nil {
		err = errors.Join(other.Segments(ctx, run, func(Segment) error { return nil }), other.Close())
	}
	if err == nil {
		var there bool
		if there, err = inspect(s.file); err == nil && !there {
			err = s.fail(ErrTruncated)
		}
	}
	switch {
	case err == nil || errors.Is(err, ErrLocked):
		return nil
	case errors.Is(err, ErrDamaged):
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// cause of an error of SQLite.
type cause int

const (
	otherCause cause = iota
	doubleKey
	locked
	corrupt
	unwritable
)

// fail names the file and translates what SQLite says.
func (s *Store) fail(err error) error {
	if err == nil {
		return nil
	}
	switch causeOf(err) {
	case locked:
		err = ErrLocked
	case corrupt:
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if strings.Contains(err.Error(), "CGO_ENABLED=0") {
		err = errors.New("this program was built without SQLite: build it with CGO_ENABLED=1 and a C compiler")
	}
	return fmt.Errorf("%s: %w", s.file, err)
}

// migrate brings the schema up to schemaVersion.
func (s *Store) migrate(ctx context.Context) error {
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return s.fail(err)
	}
	if version == schemaVersion {
		return nil
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.db, files)
	if err != nil {
		return s.fail(err)
	}
	if _, err := p.Up(ctx); err != nil {
		return s.fail(err)
	}
	_, err = s.db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return s.fail(err)
}

// Close closes the database; its last user leaves a single file, or none if the
// file was deleted.
func (s *Store) Close() error {
	err := s.db.Close()
	if s.remove != nil {
		s.remove()
	} else {
		strays(s.file, func() error { return nil }) // of a file that was deleted
	}
	return err
}

// Begin finds the run of that identity or makes it, with the files it uses.
func (s *Store) Begin(ctx context.Context, r Run, files []Policy) (Run, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return r, s.fail(err)
	}
	defer tx.Rollback()
	var id int64
	err = tx.QueryRowContext(ctx, "SELECT id FROM run WHERE identity = ?", r.Identity).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id, err = insert(ctx, tx, r, files)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return r, s.fail(err)
	}
	return s.Run(ctx, strconv.FormatInt(id, 10))
}

func insert(ctx context.Context, tx *sql.Tx, r Run, files []Policy) (int64, error) {
	res, err := tx.ExecContext(ctx, "INSERT INTO run (name, identity, plan, created) VALUES (?, ?, ?, ?)",
		r.Name, r.Identity, r.Plan, time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO policy (digest, body) VALUES (?, ?)", f.Digest, f.Body); err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO run_policy (run, source, digest) VALUES (?, ?, ?)", id, f.Source, f.Digest); err != nil {
			return 0, err
		}
	}
	return id, seal(ctx, tx, id, 0)
}

// Runs lists all runs, oldest first.
func (s *Store) Runs(ctx context.Context) ([]Run, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT id, name, identity, plan, created, coalesce(sum(decisions), 0), coalesce(sum(matches), 0)
		FROM run LEFT JOIN segment ON run = id GROUP BY id ORDER BY id`)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	var all []Run
	for rows.Next() {
		var r Run
		var created string
		if err := rows.Scan(&r.ID, &r.Name, &r.Identity, &r.Plan, &created, &r.Decisions, &r.Matches); err != nil {
			return nil, s.fail(err)
		}
		if r.Created, err = time.Parse(time.RFC3339, created); err != nil {
			return nil, s.fail(err)
		}
		all = append(all, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, s.fail(err)
	}
	for _, r := range all {
		if err := s.sealed(ctx, r.ID); err != nil {
			return nil, s.fail(err)
		}
	}
	return all, nil
}

// Run finds a run by its id, else the newest of that name. ErrNotFound lists
// what there is.
func (s *Store) Run(ctx context.Context, ref string) (Run, error) {
	all, err := s.Runs(ctx)
	if err != nil {
		return Run{}, err
	}
	known := make([]string, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		if strconv.FormatInt(all[i].ID, 10) == ref {
			return all[i], nil
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Name == ref {
			return all[i], nil
		}
		known = append(known, fmt.Sprintf("%d (%s)", all[i].ID, all[i].Name))
	}
	hint := "it has no runs"
	if len(known) > 0 {
		hint = spec.Nearest(ref, known)
	}
	return Run{}, fmt.Errorf("%s: %w: %q; %s", s.file, ErrNotFound, ref, hint)
}

// Append writes the next segment of a run. It fails, and changes nothing, if
// another process has written that one or if it is not the next.
func (s *Store) Append(ctx context.Context, run int64, seg Segment) error {
	if err := s.Check(); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.fail(err)
	}
	defer tx.Rollback()
	var next int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq) + 1, 0) FROM segment WHERE run = ?", run).Scan(&next); err != nil {
		return s.fail(err)
	}
	if seg.Seq < 0 || seg.Seq > next {
		return fmt.Errorf("%s: segment %d of run %d is out of turn, expected %d", s.file, seg.Seq, run, next)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO segment (run, seq, decisions, matches, crc, log) VALUES (?, ?, ?, ?, ?, ?)",
		run, seg.Seq, seg.Decisions, seg.Matches, seg.crc(run), seg.Log)
	if causeOf(err) == doubleKey {
		return fmt.Errorf("%s: another process is playing run %d", s.file, run)
	}
	if err == nil {
		err = seal(ctx, tx, run, seg.Seq+1)
	}
	if err == nil {
		err = tx.Commit()
	}
	return s.fail(err)
}

// Segments visits the log of a run in order. A gap or a checksum that does not
// match is ErrDamaged.
func (s *Store) Segments(ctx context.Context, run int64, visit func(Segment) error) error {
	if err := s.sealed(ctx, run); err != nil {
		return s.fail(err)
	}
	rows, err := s.db.QueryContext(ctx, "SELECT seq, decisions, matches, crc, log FROM segment WHERE run = ? ORDER BY seq", run)
	if err != nil {
		return s.fail(err)
	}
	defer rows.Close()
	for next := int64(0); rows.Next(); next++ {
		var seg Segment
		var crc uint32
		if err := rows.Scan(&seg.Seq, &seg.Decisions, &seg.Matches, &crc, &seg.Log); err != nil {
			return s.fail(err)
		}
		// Rows of the first schema have the checksum of the log alone.
		if seg.Seq != next || crc != seg.crc(run) && crc != crc32.ChecksumIEEE(seg.Log) {
			return s.fail(fmt.Errorf("%w: log of run %d, row %d", ErrDamaged, run, next))
		}
		if err := visit(seg); err != nil {
			return err
		}
	}
	return s.fail(rows.Err())
}

// Policies are the files a run was made from.
func (s *Store) Policies(ctx context.Context, run int64) ([]Policy, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT r.digest, r.source, p.body FROM run_policy r LEFT JOIN policy p ON p.digest = r.digest WHERE r.run = ? ORDER BY r.source", run)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	var all []Policy
	for rows.Next() {
		var p Policy
		if err := rows.Scan(&p.Digest, &p.Source, &p.Body); err != nil {
			return nil, s.fail(err)
		}
		if sum := sha256.Sum256(p.Body); hex.EncodeToString(sum[:]) != p.Digest {
			return nil, s.fail(fmt.Errorf("%w: %s of run %d is not the file that was stored", ErrDamaged, p.Source, run))
		}
		all = append(all, p)
	}
	return all, s.fail(rows.Err())
}
