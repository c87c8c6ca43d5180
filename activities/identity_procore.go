package activities

import (
	"context"
	"fmt"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// procoreSample is how many documents are looked at when the newest is not there; sampleProof is how many of them must
// be missing, and all: people delete single ones.
const (
	procoreSample = 5
	sampleProof   = 3
)

// procoreDiffers looks for the document that was written last, and for four more when it is not there. It is empty
// while one is, and when Procore does not say: then nothing can be written either, and the next cycle looks again.
func (i *Identity) procoreDiffers(ctx context.Context, c *Connection) ([]string, error) {
	sample, err := i.store.LastBound(ctx, c.Tenant.Name, procoreSample)
	if err != nil {
		return nil, err
	}
	for _, b := range sample {
		originID, err := originOfLive(ctx, c.Procore, b)
		if err == nil && originID == b.OriginID {
			return nil, nil
		}
		if err != nil && !procore.IsNotFound(err) {
			return nil, ctx.Err()
		}
	}
	if len(sample) < sampleProof {
		return nil, nil
	}
	return []string{fmt.Sprintf("none of the %d documents that were written last is in company %d of Procore: it is another company, it was restored or copied, or the app may not see them any more",
		len(sample), c.File.Procore.CompanyID)}, nil
}

// originOfLive reads a document of Procore and returns its origin id.
func originOfLive(ctx context.Context, client *procore.Client, b store.Binding) (string, error) {
	switch b.Kind {
	case mapping.KindCommitment:
		live, _, err := client.Commitments.Get(ctx, b.Project, b.ProcoreID)
		if err != nil {
			return "", err
		}
		return live.OriginID, nil
	case mapping.KindRequisition:
		live, _, err := client.Requisitions.Get(ctx, b.Project, b.ProcoreID)
		if err != nil {
			return "", err
		}
		return live.OriginID, nil
	default:
		live, _, err := client.DirectCosts.Get(ctx, b.Project, b.ProcoreID)
		if err != nil {
			return "", err
		}
		return live.OriginID, nil
	}
}
