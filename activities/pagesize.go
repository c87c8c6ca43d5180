package activities

import (
	"errors"
	"sync"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// pageSize is how many changed records one transaction reads, where Odoo is quick enough.
const pageSize = 500

const (
	slowPage  = 15 * time.Second // a page that takes longer is too large
	quickPage = 2 * time.Second  // a page that takes less may be larger
)

// pageSizes are the sizes of pages by model, as the server has shown to bear them. Each worker finds out for itself.
type pageSizes struct {
	mu    sync.Mutex
	sizes map[string]int
}

func (p *pageSizes) size(model string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.sizes[model]; n != 0 {
		return n
	}
	return pageSize
}

// took learns from how long a page took, and from one that never came: the next attempt asks for less.
func (p *pageSizes) took(model string, d time.Duration, err error) {
	n := p.size(model)
	var failed *odoo.Error
	switch {
	case errors.As(err, &failed) && failed.TooMuch():
		n /= 2
	case err != nil:
		return
	case d > slowPage:
		n /= 2
	case d < quickPage:
		n += max(n/4, 1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sizes == nil {
		p.sizes = map[string]int{}
	}
	p.sizes[model] = min(max(n, 1), pageSize)
}
