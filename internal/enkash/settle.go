package enkash

import (
	"reconcile/internal/payment"
)

// settle looks again at the bodies of payments where the smallest canonical body
// decides. There are hardly ever any, so that keeping the canonical bodies of
// all payments for them would be waste: they are kept once they were needed, and
// else the files in which they stand are read again.
func (r *reading) settle(files []logFile, own logFile, kept []payment.KeptLog) error {
	unsettled := r.folder.Unsettled()
	if len(unsettled) == 0 {
		return nil
	}
	contested, in := make(map[string]bool), make(map[string]bool)
	for _, u := range unsettled {
		contested[u.ObjectID] = true
		if r.memory != nil {
			if e, known := r.memory.Text(u.Sum); known {
				r.folder.Settle(&e)
				continue
			}
		}
		in[u.File] = true
	}
	for _, f := range append(files[:len(files):len(files)], own) {
		if !in[f.path] {
			continue
		}
		if err := r.settleFrom(f, contested); err != nil {
			return err
		}
	}
	for i := range kept {
		if !in[kept[i].Path] {
			continue
		}
		if err := r.settleKept(&kept[i], contested); err != nil {
			return err
		}
	}
	return nil
}

// settleFrom settles what stands in one file. Its faults were told before.
func (r *reading) settleFrom(f logFile, contested map[string]bool) error {
	progress, problems := r.progress, r.problems
	r.progress = nil
	defer func() { r.progress, r.problems = progress, problems }()
	dec := newDecoder(r.ours, func(v verdict) {
		if v.event == nil || !contested[v.event.ObjectID] {
			return
		}
		r.folder.Settle(v.event)
		if r.memory != nil && f.path != OwnPlace {
			r.memory.Keep(v.event)
		}
	})
	c, err := r.open(f)
	if err != nil {
		return err
	}
	s := newSplitter(c.r)
	s.start()
	if _, err := r.each(s, c, func(d *delivery) error {
		if !d.long {
			dec.deliver(d.bytes)
		}
		return nil
	}); err != nil {
		c.in.Close()
		return err
	}
	if err := c.in.Close(); err != nil {
		return c.failed(err)
	}
	return nil
}

// settleKept settles what is remembered of a log that is gone. Nobody knows the
// canonical form of a body that came into doubt when it was gone already: it
// stands behind those that are known, so that what can be looked up decides.
func (r *reading) settleKept(log *payment.KeptLog, contested map[string]bool) error {
	for i := range log.Stretches {
		err := r.memory.Replay(&log.Stretches[i], func(said payment.Told) error {
			e := said.Event
			if e == nil || !contested[e.ObjectID] {
				return nil
			}
			if _, known := r.memory.Text(e.Sum); !known {
				e.Canonical = append([]byte{0xff}, e.Sum[:]...)
				r.folder.Settle(e)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
