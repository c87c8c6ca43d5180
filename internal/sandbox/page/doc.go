// Package page is what the pages of both sandboxes share: the frame around a page, how amounts are written, forms, lists cut
// into parts. Pages are rendered by the server; they need no script and load nothing from elsewhere.
//
// A [Site] stands before a system's API on the same port. It answers the paths that were given to it; all others go on to the
// API unchanged, so that a page is in no journal and no fault on order strikes it. Only a browser that asks for a path which
// is neither gets a page that says so.
//
// A form is a plain POST. What comes from a page of another origin is refused, under
// /_sandbox/ too. A done edit is answered with a redirect,
// a [Refusal] with the page that holds the form, what was typed into it, and the sentence.
package page
