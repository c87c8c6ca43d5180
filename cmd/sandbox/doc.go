// Command sandbox serves one of the two sandbox systems alone, with the firm in it, until Ctrl-C. The other side can be
// real, or the other sandbox in another process: what the firm holds depends on -seed and -odoo alone, so that both fit.
//
//	sandbox odoo    -addr 127.0.0.1:8069
//	sandbox procore -addr 127.0.0.1:8070
//
// A browser shows at / of the same address what the system holds, with forms for the edits that a demo needs.
//
// With -files DIR it writes the firm's tenant.yaml and mapping.csv for the pair, and the sandboxes' credentials as
// `ml-connector credentials set` reads them. The connector talks to a Procore on another host over TLS only: -tls answers
// there too, with a certificate of its own that -authority writes for those that must trust it.
package main
