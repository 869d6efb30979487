package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/day"
	"reconcile/internal/job"
)

// upcomingShown is how many runs --list names.
const upcomingShown = 5

func (p *program) scheduleCommand() *cobra.Command {
	var list, once bool
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "stay up, and run by the cron expression of the configuration",
		Long: "schedule stays up and makes a run whenever schedule.cron says so, in the zone and\n" +
			"with the business date of the configuration. Business dates that were missed,\n" +
			"because the machine was down or a night failed, are reconciled first, and nothing\n" +
			"is paid for them: paid is once, in the run of the latest date. A run that finds\n" +
			"another at work is tried again every minute; what another process has run since\n" +
			"it was due is not run again. A night that ends without a report is made again by\n" +
			"--once or by a new start; otherwise its date is reconciled with the next night.\n\n" +
			"The configuration is read anew for each run. A file that is broken costs the\n" +
			"nights until it is mended. Asked to end, it ends at once between two runs; in the\n" +
			"middle of one, the payment that has begun is finished and recorded, and the rest\n" +
			"waits for the next run. What happens is logged to stderr.",
		Example: "  reconcile schedule --config /etc/reconcile/reconcile.yaml\n" +
			"  reconcile schedule --list\n" +
			"  reconcile schedule --once --json   # from cron or systemd: what is due, and what was missed",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.flags.asOf != "" {
				return usage("the business date of a schedule is that of schedule.business_date; leave --as-of away")
			}
			p.flags.verbose = true // who watches over nights wants to see their stages
			switch {
			case list && once:
				return usage("give --list or --once")
			case list:
				return p.outlook(cmd.Context())
			case once:
				return p.once(cmd.Context())
			case p.flags.json:
				return usage("--json goes with --list or --once")
			}
			return p.watch().Keep(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "show the next runs, and what would be made up for now; run nothing")
	cmd.Flags().BoolVar(&once, "once", false, "run what is due now and what was missed, and end")
	return cmd
}

func usage(text string) error { return &job.ExitError{Code: job.ExitUsage, Err: errors.New(text)} }

// watch returns a watch by the clock and the configuration of this program.
func (p *program) watch() *job.Watch {
	log := p.log()
	warned := map[string]bool{}
	return &job.Watch{Now: p.now, Sleep: sleep, Log: log, Load: func() (job.Input, error) {
		c, err := config.Load(p.flags.config, p.environ)
		if err != nil {
			return job.Input{}, err
		}
		for _, w := range c.Warnings {
			if text := w.String(); !warned[text] {
				warned[text] = true
				log.Warn("configuration", "warning", text)
			}
		}
		return p.inputFor(c, job.KindRun, day.In(p.now(), c.Timezone), log), nil
	}}
}

// sleep waits, or returns early with the error of the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once does what is due and ends with the worst code of its runs.
func (p *program) once(ctx context.Context) error {
	kept, err := p.watch().Once(ctx)
	if err != nil {
		return err
	}
	worst := job.ExitClean
	var b bytes.Buffer
	for _, k := range kept {
		worst = job.Worse(worst, k.ExitCode)
		if k.Error != "" {
			fmt.Fprintf(&b, "%s of %s: exit code %d, and no report: %s\n", k.Kind, k.AsOf, k.ExitCode, k.Error)
			continue
		}
		fmt.Fprintf(&b, "%s: exit code %d\n", k.RunID, k.ExitCode)
	}
	if len(kept) == 0 {
		b.WriteString("nothing is due\n")
	}
	if p.flags.json {
		err = p.printJSON(struct {
			Runs     []job.Kept `json:"runs"`
			ExitCode int        `json:"exit_code"`
		}{append([]job.Kept{}, kept...), worst})
	} else {
		err = p.print(b.String())
	}
	return errors.Join(err, endWith(worst))
}

// outlook prints what a schedule will do.
func (p *program) outlook(ctx context.Context) error {
	in, err := p.watch().Load()
	if err != nil {
		return err
	}
	o, err := job.LookAhead(ctx, in, upcomingShown)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(o)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\n", o.Plan)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, u := range o.Next {
		fmt.Fprintf(w, "run\t%s\tas of %s\n", u.At.Format("Mon 02-Jan-2006 15:04 -0700"), u.AsOf.Long())
	}
	if err := w.Flush(); err != nil {
		return withIO(err)
	}
	b.WriteString("\nIf it began now:\n")
	if n := len(o.Skipped); n > 0 {
		fmt.Fprintf(&b, "  left out       %s to %s (%d), further back than schedule.catch_up\n", o.Skipped[0], o.Skipped[n-1], n)
	}
	for _, d := range o.Missed {
		fmt.Fprintf(&b, "  reconcile      %s, and pay nothing\n", d)
	}
	if o.Due != nil {
		fmt.Fprintf(&b, "  run            %s\n", *o.Due)
	}
	if len(o.Missed)+len(o.Skipped) == 0 && o.Due == nil {
		b.WriteString("  nothing is due\n")
	}
	return p.print(b.String())
}
