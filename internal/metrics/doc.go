// Package metrics writes numbers into a file that a monitor reads: the text format
// of Prometheus, for the textfile collector of its node exporter.
//
// It knows families of numbers, how they are spelled, and how a file appears whole
// or not at all. It does not know what is counted. A number is whole, or a
// duration in seconds; there are no fractions to be rounded.
//
// On disk is one file of mode 0644, for the collector is somebody else. It is
// written beside itself, under a name that no collector reads, and then put in
// place: a reader sees the numbers of one run or those of the run before. It may
// be lost: the next run writes it again.
package metrics
