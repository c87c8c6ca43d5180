// Package browser looks at the sandboxes' pages in a headless Chromium. Its tests carry the build tag browser, since not
// every machine has one: `make pages` installs it where it can, and runs them. They
//
//   - follow the links of both sandboxes with the firm in them, and look at one page of each sort and two more: nothing wrong on
//     the console, every field labelled, no scrolling sideways, neither on a desk nor on a phone;
//   - change an order by its form, and are refused one;
//   - leave screenshots in .demo/screenshots.
//
// With ML_PAGES, addresses with blanks between them, only screenshots of these pages are taken, 1400 px wide:
//
//	make pages ML_PAGES="http://127.0.0.1:8233/namespaces/default/workflows"
package browser
