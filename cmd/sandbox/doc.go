// Command sandbox serves one of the two sandbox systems alone, with the firm in it, until Ctrl-C. The other side can be
// real, or the other sandbox in another process: what the firm holds depends on -seed alone, so that both fit.
//
//	sandbox odoo    -addr 127.0.0.1:8069
//	sandbox procore -addr 127.0.0.1:8070
//
// With -files DIR it writes the firm's tenant.yaml and mapping.csv for the pair, and says the sandbox's credentials.
package main
