// Package cause is the catalogue of reasons why a record waits: a stable code, a sentence for a controller and the
// way out. It is data; nothing decides by its text.
//
// A cause key is "<code>:<what is to be mended>", for instance "mapping.project:account.analytic.account/35". Saving
// what the key names releases every record that waits for it.
package cause
