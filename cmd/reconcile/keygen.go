package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"reconcile/internal/approval"
	"reconcile/internal/job"
)

func (p *program) keygenCommand() *cobra.Command {
	var out string
	var logins []string
	cmd := &cobra.Command{
		Use:   "keygen NAME --out FILE",
		Short: "make an approver's key, and print the line for payments.approvers",
		Long: "keygen writes a new private key into FILE, which nobody but its owner may read,\n" +
			"and prints the line that goes under payments.approvers. Each approver runs it on a\n" +
			"machine of their own; the line may be shown to anyone, the file to nobody. Nothing\n" +
			"is written over: a key that is lost is replaced by a new one and a new line.",
		Example: "  reconcile keygen asha --out ~/asha.key --login asha.rao",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return &job.ExitError{Code: job.ExitUsage, Err: errors.New("name the file of the private key with --out FILE")}
			}
			if err := approval.ValidName(args[0]); err != nil {
				return &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("%q: %w", args[0], err)}
			}
			key, err := approval.Generate(rand.Reader)
			if err != nil {
				return err
			}
			if err := approval.WriteKeyFile(out, args[0], key); err != nil {
				return err
			}
			line := approverLine(args[0], key.Public(), logins)
			if p.flags.json {
				return p.printJSON(struct {
					Name   string   `json:"name"`
					Key    string   `json:"key"`
					Logins []string `json:"logins"`
					File   string   `json:"file"`
				}{args[0], key.Public().String(), append([]string{}, logins...), out})
			}
			return p.print(fmt.Sprintf("%s holds the private key of %s: show it to nobody.\n\n"+
				"Paste this into reconcile.yaml, with every login under which %s works:\n\npayments:\n  approvers:\n    %s\n", out, args[0], args[0], line))
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the new `FILE` of the private key")
	cmd.Flags().StringArrayVar(&logins, "login", nil, "a `LOGIN` of this person, who may not decide about plans made under it; may be repeated")
	return cmd
}

// approverLine is one entry of payments.approvers. YAML reads texts in double
// quotes as Go writes them.
func approverLine(name string, key approval.PublicKey, logins []string) string {
	line := "- {name: " + strconv.Quote(name) + ", key: " + strconv.Quote(key.String())
	if len(logins) > 0 {
		line += ", logins: ["
		for i, login := range logins {
			if i > 0 {
				line += ", "
			}
			line += strconv.Quote(login)
		}
		line += "]"
	}
	return line + "}"
}
