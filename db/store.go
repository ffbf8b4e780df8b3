// Package db keeps runs in SQLite: their plans, the files they were made from
// and the ordered log of their decisions. To it a log is bytes with a checksum;
// it knows no game and no ranking.
package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"arbiter/internal/spec"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Run is a tournament.
type Run struct {
	ID       int64
	Name     string
	Identity string // digest of all it depends on; unique
	Plan     []byte // all that is needed to rank its log
	Created  time.Time

	Decisions, Matches int64 // logged so far
}

// Segment is one row of a run's log: many decisions, in order.
type Segment struct {
	Seq                int64 // 0, 1, …
	Decisions, Matches int64
	Log                []byte
}

// Policy is a file a run was made from.
type Policy struct {
	Digest, Source string
	Body           []byte
}

// Store is an open database. It may be shared by goroutines.
type Store struct {
	db   *sql.DB
	file string
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
			return errors.Join(s.migrate(ctx), s.Close())
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
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
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
	s, err := connect(ctx, file, settings)
	if err == nil {
		if _, err = s.Runs(ctx); err != nil {
			s.Close()
		}
	}
	if causeOf(err) == unwritable {
		// A folder that cannot be written: nobody else writes there either.
		return connect(ctx, file, settings+"&mode=ro&immutable=1")
	}
	return s, err
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
	s := &Store{d, file}
	if err := d.PingContext(ctx); err != nil {
		d.Close()
		return nil, s.fail(err)
	}
	return s, nil
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
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", schemaVersion),
	} {
		if _, err := s.db.ExecContext(ctx, pragma); err != nil {
			return s.fail(err)
		}
	}
	return nil
}

// Close closes the database; its last user leaves a single file.
func (s *Store) Close() error { return s.db.Close() }

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
	return id, nil
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
	return all, s.fail(rows.Err())
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
// another process has written that one.
func (s *Store) Append(ctx context.Context, run int64, seg Segment) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO segment (run, seq, decisions, matches, crc, log) VALUES (?, ?, ?, ?, ?, ?)",
		run, seg.Seq, seg.Decisions, seg.Matches, crc32.ChecksumIEEE(seg.Log), seg.Log)
	if causeOf(err) == doubleKey {
		return fmt.Errorf("%s: another process is playing run %d", s.file, run)
	}
	return s.fail(err)
}

// Segments visits the log of a run in order. A gap or a checksum that does not
// match is ErrDamaged.
func (s *Store) Segments(ctx context.Context, run int64, visit func(Segment) error) error {
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
		if seg.Seq != next || crc32.ChecksumIEEE(seg.Log) != crc {
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
	rows, err := s.db.QueryContext(ctx, "SELECT p.digest, r.source, p.body FROM run_policy r JOIN policy p ON p.digest = r.digest WHERE r.run = ? ORDER BY r.source", run)
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
		all = append(all, p)
	}
	return all, s.fail(rows.Err())
}
