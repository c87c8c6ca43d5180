package procoretest

import "strconv"

// routes lists every operation the sandbox serves.
func (s *Server) routes() {
	s.mux.HandleFunc("POST /oauth/token", s.handleToken)
	s.mux.HandleFunc("GET /oauth/token/info", s.handleTokenInfo)
	s.mux.HandleFunc("POST /oauth/revoke", s.handleRevoke)
	s.mux.HandleFunc("GET /_sandbox/state", s.handleState)
	s.mux.HandleFunc("GET /_sandbox/journal", s.handleJournal)
	s.mux.HandleFunc("GET /_sandbox/budget", s.handleBudget)
	s.mux.HandleFunc("POST /_sandbox/edit", s.handleEdit)
	s.mux.HandleFunc("GET /_sandbox/faults", s.handleFaults)
	s.mux.HandleFunc("POST /_sandbox/faults", s.handleSetFaults)
	s.mux.HandleFunc("DELETE /_sandbox/faults", s.handleClearFaults)

	s.api("GET /rest/v1.0/companies", s.listCompanies)
	s.api("GET /rest/v1.0/me", s.getMe)
	s.api("GET /rest/v1.1/projects", s.listProjects)
	s.api("GET /rest/v1.0/companies/{company_id}/uoms", s.listUOMs)
	s.api("GET /rest/v1.0/companies/{company_id}/currency_configuration", s.companyCurrency)
	s.api("GET /rest/v1.0/companies/{company_id}/projects/{project_id}/currency_configuration", s.projectCurrency)

	s.api("GET /rest/v1.0/vendors", s.listVendors)
	s.api("POST /rest/v1.0/vendors", s.postVendor)
	s.api("PATCH /rest/v1.0/vendors/sync", s.syncVendors)
	s.api("GET /rest/v1.0/vendors/{id}", s.getVendor)
	s.api("PATCH /rest/v1.0/vendors/{id}", s.patchVendor)
	s.api("GET /rest/v1.0/companies/{company_id}/vendors/inactive", s.listInactiveVendors)
	s.api("PATCH /rest/v1.0/companies/{company_id}/vendors/inactive/{id}", s.reactivateVendor)
	s.api("GET /rest/v1.1/projects/{project_id}/vendors", s.listProjectVendors)
	s.api("POST /rest/v1.1/projects/{project_id}/vendors/{id}/actions/add", s.addProjectVendor)
	s.api("DELETE /rest/v1.1/projects/{project_id}/vendors/{id}/actions/remove", s.removeProjectVendor)

	s.api("GET /rest/v1.0/cost_codes", s.listCostCodes)
	s.api("POST /rest/v1.0/cost_codes", s.postCostCode)
	s.api("GET /rest/v1.0/line_item_types", s.listCostTypes)
	const wbs = " /rest/v1.0/projects/{project_id}/work_breakdown_structure"
	s.api("GET"+wbs+"/segments", s.listSegments)
	s.api("GET"+wbs+"/segments/{segment_id}/segment_items", s.listSegmentItems)
	s.api("GET"+wbs+"/wbs_codes", s.listWBS)
	s.api("POST"+wbs+"/wbs_codes", s.postWBS)
	s.api("PATCH"+wbs+"/wbs_codes/bulk_create", s.bulkWBS)

	const po = " /rest/v1.0/purchase_order_contracts"
	s.api("GET"+po, s.listCommitments)
	s.api("POST"+po, s.postCommitment)
	s.api("PATCH"+po+"/sync", s.syncCommitments)
	s.api("GET"+po+"/{id}", s.getCommitment)
	s.api("PATCH"+po+"/{id}", s.patchCommitment)
	s.api("DELETE"+po+"/{id}", s.removeCommitment)
	const lines = po + "/{purchase_order_contract_id}/line_items"
	s.api("GET"+lines, s.listLines)
	s.api("POST"+lines, s.postLine)
	s.api("PATCH"+lines+"/sync", s.syncLines)
	s.api("GET"+lines+"/{id}", s.getLine)
	s.api("PATCH"+lines+"/{id}", s.patchLine)
	s.api("DELETE"+lines+"/{id}", s.removeLine)

	const rq = " /rest/v1.1/requisitions"
	s.api("GET"+rq, s.listRequisitions)
	s.api("POST"+rq, s.postRequisition)
	s.api("GET"+rq+"/{id}", s.getRequisition)
	s.api("PATCH"+rq+"/{id}", s.patchRequisition)
	s.api("DELETE"+rq+"/{id}", s.removeRequisition)
	s.api("PATCH /rest/v1.0/requisitions/{requisition_id}/bulk_item_update", s.bulkItems)
	const periods = " /rest/v1.0/projects/{project_id}/billing_periods"
	s.api("GET"+periods, s.listPeriods)
	s.api("POST"+periods, s.postPeriod)
	s.api("GET"+periods+"/{id}", s.getPeriod)
	s.api("PATCH"+periods+"/{id}", s.patchPeriod)

	const dc = " /rest/v1.1/projects/{project_id}/direct_costs"
	s.api("GET"+dc, s.listDirectCosts)
	s.api("POST"+dc, s.postDirectCost)
	s.api("GET"+dc+"/{id}", s.getDirectCost)
	s.serial("PATCH"+dc+"/{id}", s.patchDirectCost, pathHolds("id"))
	s.serial("DELETE"+dc+"/{id}", s.removeDirectCost, pathHolds("id"))
	const dc0 = " /rest/v1.0/projects/{project_id}/direct_costs"
	s.serial("PATCH"+dc0+"/sync", s.syncDirectCosts, s.costHolds)
	s.api("GET"+dc0+"/line_items", s.listCostLines)
	s.serial("PATCH"+dc0+"/line_items/sync", s.syncCostLines, s.costLineHolds)
	s.api("GET"+dc0+"/{direct_cost_id}/line_items", s.listLinesOfCost)
	s.serial("DELETE"+dc0+"/{direct_cost_id}/line_items/{id}", s.removeCostLine, pathHolds("direct_cost_id"))

	s.mux.HandleFunc("/", s.serve(route{handle: func(*call) (answer, error) { return answer{}, notFound() }}))
}

func (s *Server) api(pattern string, h handler) { s.serial(pattern, h, nil) }

func (s *Server) serial(pattern string, h handler, holds func(*call) []int64) {
	name := operationName(pattern)
	s.operations = append(s.operations, name)
	s.mux.HandleFunc(pattern, s.serve(route{
		operation: name,
		handle:    h,
		holds:     holds,
	}))
}

// pathHolds: the direct cost that a path names.
func pathHolds(parameter string) func(*call) []int64 {
	return func(c *call) []int64 {
		id, err := strconv.ParseInt(c.r.PathValue(parameter), 10, 64)
		if err != nil {
			return nil
		}
		return []int64{id}
	}
}

// costHolds: the direct costs that a sync action names by id or origin_id.
func (s *Server) costHolds(c *call) []int64 {
	return holdsOf(c, directCostSyncSchema, func(in attrs) int64 {
		if in.id("id") != 0 {
			return in.id("id")
		}
		id, _ := s.origins.find(typeDirectCost, in.text("origin_id"))
		return id
	})
}

// costLineHolds: the direct costs whose lines a sync action names.
func (s *Server) costLineHolds(c *call) []int64 {
	return holdsOf(c, costLineSchema, func(in attrs) int64 {
		if in.id("direct_cost_id") != 0 {
			return in.id("direct_cost_id")
		}
		id := in.id("id")
		if id == 0 {
			id, _ = s.origins.find(typeDirectCostLine, in.text("origin_id"))
		}
		if line, found := s.costLines[id]; found {
			return line.cost
		}
		return 0
	})
}

func holdsOf(c *call, sch schema, of func(attrs) int64) []int64 {
	updates, _ := c.body["updates"].([]any)
	var ids []int64
	for _, update := range updates {
		raw, _ := update.(map[string]any)
		in, _, _ := sch.read(raw, "")
		if id := of(in); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
