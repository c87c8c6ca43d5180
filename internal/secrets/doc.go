// Package secrets encrypts the credentials of tenants with Tink (AES-256-GCM), so that the database holds only
// ciphertext. The key lives outside the database, in a key set file of mode 0600 (ML_KEY_FILE); its key id stands
// beside each ciphertext. Associated data bind a ciphertext to its tenant and system: a row copied to another
// tenant does not open.
package secrets
