// Package mail sends one message at a time to a few people, over SMTP, and does
// not lose it when the server is down or the program is killed.
//
// It knows messages, servers and the outbox, and nothing of ours: what is
// written in a message, and to whom it goes, is the affair of its callers. A
// password comes as a function that is called where it is sent, so that no value
// of this package can be printed with it.
//
// A Message becomes bytes once. Those bytes are put into an Outbox before the
// first try and are the same at every try, its Message-ID above all, by which a
// mail server or a mailbox recognises a copy.
//
// On disk an outbox is a folder with a record (NAME.json) for each message and
// its bytes beside it (NAME.1.eml, and NAME.2.eml for a server that finds the
// first too large). A file is written under another name, synced and renamed, so
// it is there whole or not at all; a message is there when its record is.
// One process at a time may use an outbox; whoever calls holds a lock.
//
// Invariants:
//   - what Add returned nil for is delivered, or refused for good, or given up
//     and said so; a crash at any point loses nothing of it;
//   - a recipient whom the server took the message for is written down before
//     the next command is sent, and is never sent it again;
//   - so a recipient gets a message twice only if the connection, or we, died
//     between the last byte of the message and the server's answer to it. SMTP
//     leaves that open (RFC 1047); both copies bear one Message-ID;
//   - without encryption nothing leaves this machine, unless a caller says
//     Opportunistic, and a password never does.
//
// Files may hold business data and are readable by their owner alone.
package mail
