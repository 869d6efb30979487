// Package source is the way in: it finds the input files, keeps to the
// configured folders, opens what is compressed, and names every place in a file
// (Pos) and every fault found there (Problem).
//
// A file is untrusted. Its path is confined with os.Root, its size and what it
// unpacks to are limited, and its bytes are hashed as they are read so that the
// report can say which file it speaks of. What the bytes mean is for others:
// table reads rows, enkash reads events.
package source
