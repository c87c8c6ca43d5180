package secrets

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Box seals and opens credentials with the key of one key set.
type Box struct {
	aead  tink.AEAD
	keyID string
}

// Generate writes a new key set to path, which must not exist, with mode 0600.
func Generate(path string) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	var buffer bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&buffer)); err != nil {
		return fmt.Errorf("encoding the key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the path
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists already and stays as it is: name a new file for the key set", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("creating the key file %s: its directory does not exist", path)
	case err != nil:
		return fmt.Errorf("creating the key file: %w", err)
	}
	_, err = file.Write(buffer.Bytes())
	return errors.Join(err, file.Close())
}

// Open reads the key set at path. It refuses a file that others may read.
func Open(path string) (*Box, error) {
	if path == "" {
		return nil, errors.New("no key file: set ML_KEY_FILE to the key set that encrypts the credentials, or make one with `ml-connector credentials keygen FILE`")
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the key file %s does not exist: ML_KEY_FILE must name the key set that encrypted the credentials", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the key file %s is no file: ML_KEY_FILE must name the key set that encrypted the credentials", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path) //nolint:gosec // the operator names the path
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, fmt.Errorf("the key file %s is not a Tink key set in JSON: "+otherKeyFile, path)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("the key file %s holds no key that encrypts (AEAD): "+otherKeyFile, path)
	}
	return &Box{aead: primitive, keyID: strconv.FormatUint(uint64(handle.KeysetInfo().GetPrimaryKeyId()), 10)}, nil
}

const otherKeyFile = "ML_KEY_FILE must name a file that `ml-connector credentials keygen` made"

// KeyID names the key that Seal uses.
func (b *Box) KeyID() string { return b.keyID }

// Seal encrypts secret for one tenant and system (odoo or procore).
func (b *Box) Seal(tenant, system string, secret []byte) ([]byte, error) {
	sealed, err := b.aead.Encrypt(secret, binding(tenant, system))
	if err != nil {
		return nil, fmt.Errorf("encrypting the %s credentials of %s: %w", system, tenant, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same tenant and system.
func (b *Box) Open(tenant, system, keyID string, sealed []byte) ([]byte, error) {
	secret, err := b.aead.Decrypt(sealed, binding(tenant, system))
	if err != nil {
		return nil, fmt.Errorf("the %s credentials of tenant %s were encrypted with key %s, which the key file (key %s) does not hold: "+
			"use the right key file, or enter them again with `ml-connector credentials set %s %s`", system, tenant, keyID, b.keyID, tenant, system)
	}
	return secret, nil
}

func binding(tenant, system string) []byte {
	enc := base64.RawURLEncoding
	return []byte("ml-connector/credentials/" + enc.EncodeToString([]byte(tenant)) + "/" + system)
}
