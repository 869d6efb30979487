package table

func openWorkbook(name string, data []byte, limits Limits) (*File, error) {
	return nil, &RefusedError{name, "workbooks are not read yet", "export it as .csv"}
}
