package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	// A machine without zone files still knows where India is.
	_ "time/tzdata"

	"reconcile/internal/job"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(mainCode()) }

// mainCode runs the program on this process and returns its exit code.
func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return code(run(ctx, time.Now, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: what it does is a function of its arguments, and what it
// returns has been reported already.
func run(ctx context.Context, now func() time.Time, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) error {
	p := &program{environ: environ, stdout: stdout, stderr: &cleaner{stderr}, now: now}
	root := p.command()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !p.started {
		// Nothing has run yet, so it is the command line that is wrong.
		err = &job.ExitError{Code: job.ExitUsage, Err: errors.New(err.Error() + "; see reconcile --help")}
		p.flags.json = p.flags.json || slices.Contains(args, "--json")
	}
	return errors.Join(err, p.report(err))
}

// code returns the exit code of what run returned.
func code(err error) int { return job.Code(err) }

// command returns the tree of commands.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "reconcile",
		Short: "reconcile a payables ledger with what EnKash and Bharat Connect say was paid",
		Long: "reconcile loads the ERP's payables ledger, compares it with the webhooks of the\n" +
			"EnKash vendor payments, and writes a workbook of what is paid, what is not, and\n" +
			"what a person should look at.",
		Example: "  reconcile init trial\n" +
			"  reconcile run --config trial/reconcile.yaml --as-of 2026-11-21\n" +
			"  reconcile explain INV/26-27/0042 --config trial/reconcile.yaml",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			p.started = true
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&p.flags.config, "config", "reconcile.yaml", "the configuration `FILE`")
	f.StringVar(&p.flags.asOf, "as-of", "", "the business date, `YYYY-MM-DD`; today when absent")
	f.BoolVar(&p.flags.json, "json", false, "print one JSON object on stdout")
	f.BoolVar(&p.flags.quiet, "quiet", false, "print nothing but errors (and what --json asks for)")
	f.BoolVar(&p.flags.verbose, "verbose", false, "log every stage with its counts and sums to stderr")
	root.AddCommand(p.runCommand(), p.matchCommand(), p.proposeCommand(), p.approveCommand(), p.rejectCommand(), p.submitCommand(),
		p.resolveCommand(), p.releaseCommand(), p.confirmCommand(), p.withdrawCommand(), p.closeCommand(), p.reopenCommand(), p.verifyCommand(), p.backupCommand(), p.recoverCommand(), p.purgeCommand(),
		p.reportCommand(), p.annotateCommand(), p.statusCommand(), p.explainCommand(), p.inspectCommand(), p.checkCommand(), p.scheduleCommand(), p.initCommand(), p.listenCommand(), p.sandboxCommand(), p.keygenCommand())
	return root
}
