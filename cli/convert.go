package cli

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
)

func (env Env) convertCommand() *cli.Command {
	return &cli.Command{
		Name: "convert", Usage: "write a game as a Gambit file",
		Description: "A .nfg file gets the reduced normal form, an .efg file the tree; both are exact\nup to the rounding of the game's own numbers. A Markov game with a horizon is a\ntree with view=history.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC` or file"},
			&cli.StringFlag{Name: "out", Usage: "`FILE`.nfg or .efg"},
		},
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 0, 0, "")
			if err != nil {
				return err
			}
			file := c.String("out")
			if c.String("game") == "" || file == "" {
				return usagef("convert: expected --game SPEC and --out FILE")
			}
			switch strings.ToLower(filepath.Ext(file)) {
			case ".nfg", ".efg":
			default:
				return usagef("--out: found %q, expected a name that ends in .nfg or .efg", file)
			}
			if err := o.writable(c, "out"); err != nil {
				return err
			}
			t, err := env.Catalog.Open(c.String("game"), "")
			if err != nil {
				return usage(err)
			}
			var b bytes.Buffer
			switch strings.ToLower(filepath.Ext(file)) {
			case ".nfg":
				err = t.WriteNormal(&b)
			default:
				err = t.WriteTree(&b)
			}
			if err != nil {
				return usage(err)
			}
			return o.write(file, b.Bytes())
		},
	}
}
