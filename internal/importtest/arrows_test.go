package importtest

// A room is one package and the other rooms of ours that it may import. Doors
// that the plan allows and nobody has needed yet may be listed; a room that is
// not in the table at all may not exist.
type room struct {
	path string   // below the module; a leading room of a longer path does not cover it
	uses []string // rooms; test files of the room may use equipment besides
	why  string   // what the room is, and so why it needs no other door
}

// testsUse are doors that stand open to the tests of a room alone.
var testsUse = map[string][]string{
	"samples":         {"internal/job", "internal/config", "internal/report", "internal/enkash/sandbox", "internal/day"},
	"internal/job":    {"internal/enkash/sandbox", "samples"},
	"internal/submit": {"internal/source"},
	// What is remembered is compared with what the reader of logs says.
	"internal/foldcache": {"internal/enkash", "internal/party"},
	// Results of the matcher hold items and remittances, and a test makes some.
	"internal/casebook": {"internal/ledger", "internal/payment", "internal/party"},
}

// rooms is the house from the ground up. Every arrow points to a line above.
var rooms = []room{
	{"internal/day", nil,
		"a calendar needs nothing of ours"},
	{"internal/money", nil,
		"an amount needs nothing of ours"},
	{"internal/spelling", nil,
		"the word that was meant needs to know nothing of what words mean"},
	{"internal/statute", []string{"internal/day", "internal/money"},
		"the law is dated tables and arithmetic; it knows no ledger and no payment"},
	{"internal/source", []string{"internal/day", "internal/money"},
		"bytes and places; what they mean is for those who read them"},
	{"internal/table", []string{"internal/source", "internal/day", "internal/money"},
		"rows with their places; which columns a ledger has is for ledger"},
	{"internal/party", []string{"internal/table", "internal/source", "internal/day", "internal/money"},
		"who is paid, and by which numbers; both ledger and payment stand on it, so it knows neither"},
	{"internal/ledger", []string{"internal/party", "internal/table", "internal/source", "internal/day", "internal/money"},
		"what the books say, judged by nobody: a reader that knew the payments could be talked into agreeing with them"},
	{"internal/payment", []string{"internal/party", "internal/source", "internal/day", "internal/money"},
		"what the world says of a payment; it must never learn what the books would like to hear, so not ledger either"},
	{"internal/foldcache", []string{"internal/payment", "internal/source", "internal/day", "internal/money"},
		"what logs said, in bytes; how a body is spelled is for enkash, which is lent the cache by job"},
	{"internal/proposal", []string{"internal/payment", "internal/party", "internal/statute", "internal/day", "internal/money"},
		"what may be paid and why not, as a plain value; who approves it and how it is sent is for others"},
	{"internal/submit", []string{"internal/payment", "internal/day", "internal/money"},
		"each debt at most once, over a journal and a gateway that it knows by their promises alone"},
	{"internal/enkash", []string{"internal/submit", "internal/proposal", "internal/payment", "internal/party", "internal/source", "internal/day", "internal/money"},
		"the wire and nothing else: another rail is another room beside it"},
	{"internal/enkash/sandbox", []string{"internal/enkash", "internal/submit", "internal/proposal", "internal/payment", "internal/party", "internal/source", "internal/day", "internal/money"},
		"a stand-in for EnKash sees what EnKash sees, which is not our books"},
	{"internal/matcher", []string{"internal/ledger", "internal/payment", "internal/statute", "internal/party", "internal/source", "internal/day", "internal/money"},
		"a pure function of items and remittances; it does not know where they came from or where the answer goes"},
	{"internal/posting", []string{"internal/matcher", "internal/ledger", "internal/payment", "internal/statute", "internal/party", "internal/source", "internal/day", "internal/money"},
		"what a clerk must book, judged from a match alone; in which form it is handed out is for report"},
	{"internal/approval", []string{"internal/day", "internal/money"},
		"who signed what; a signature means the same whatever it is about"},
	{"internal/journal", []string{"internal/submit", "internal/proposal", "internal/approval", "internal/payment", "internal/party", "internal/day", "internal/money"},
		"the one truth about what was sent; it believes neither books nor wire"},
	{"internal/history", []string{"internal/day", "internal/money"},
		"which runs there were; it stores what it is told and understands none of it"},
	{"internal/casebook", []string{"internal/matcher", "internal/source", "internal/day", "internal/money"},
		"exceptions from run to run; it compares results and knows neither disk nor journal"},
	{"internal/period", []string{"internal/matcher", "internal/ledger", "internal/payment", "internal/party", "internal/day", "internal/money"},
		"closing a month: what may be done with it, and arithmetic over results and earlier snapshots; who signs and where it is kept is for job"},
	{"internal/report", []string{"internal/casebook", "internal/period", "internal/posting", "internal/matcher", "internal/proposal", "internal/ledger", "internal/payment", "internal/statute", "internal/party", "internal/table", "internal/source", "internal/day", "internal/money"},
		"a function of results and summary; it must be able to render an old run where no EnKash and no store is"},
	{"internal/listen", []string{"internal/enkash"},
		"webhooks in over HTTP, onto the disk; what they mean is asked of enkash, and only as far as an answer needs it"},
	{"internal/mail", nil,
		"one message, its attachments and an outbox; what is written in it and to whom it goes is for others"},
	{"internal/metrics", nil,
		"numbers with names, as one file of a monitor; what they count is for others"},
	{"internal/ping", nil,
		"tells an address that something began or ended; what, and whether it matters, is for others"},
	{"internal/schedule", []string{"internal/day"},
		"which runs are due, by the clock and the history that it is handed; what a run is, is for others"},
	{"internal/config", []string{"internal/spelling", "internal/schedule", "internal/approval", "internal/party", "internal/day", "internal/money"},
		"one strict file; the rooms are given their settings and never ask for them, so config serves them without knowing them; it knows approvers as it knows buyers, and reads an expression of a schedule by asking who will keep it"},
	{"internal/job", []string{"internal/config", "internal/schedule", "internal/metrics", "internal/ping", "internal/report", "internal/casebook", "internal/period", "internal/mail", "internal/listen", "internal/history", "internal/journal", "internal/approval", "internal/submit", "internal/proposal", "internal/posting", "internal/matcher", "internal/foldcache", "internal/enkash", "internal/payment", "internal/ledger", "internal/statute", "internal/party", "internal/table", "internal/source", "internal/spelling", "internal/day", "internal/money"},
		"a night in the order it happens: the one room where the others meet"},
	{"samples", nil,
		"files to look at, embedded; nothing to compute"},
	{"cmd/reconcile", []string{"internal/job", "internal/config", "internal/approval", "internal/enkash/sandbox", "internal/report", "internal/period", "internal/matcher", "internal/day", "internal/money", "internal/source", "samples"},
		"flags and exit codes; whatever needs a decision is for job"},
	{"internal/importtest", nil, "a test of the others that depends on none of them"},
	{"internal/tidy", nil, "a test of the others that depends on none of them"},
}

// equipment is for tests alone: any test may use it, and no program code does.
var equipment = []room{
	{"internal/matcher/oracle", []string{"internal/matcher", "internal/ledger", "internal/payment", "internal/statute", "internal/party", "internal/source", "internal/day", "internal/money"},
		"a second opinion that may know the words of matcher and not its thoughts"},
	{"internal/ledger/realdata", []string{"internal/ledger", "internal/money"},
		"how public ledgers are read and what another program counted in them"},
	{"internal/submit/journaltest", []string{"internal/submit", "internal/payment", "internal/source", "internal/day", "internal/money"},
		"what every journal promises, and faults to try the loop with; it knows no wire and no disk"},
	{"internal/testbed", []string{"internal/matcher", "internal/enkash", "internal/ledger", "internal/payment", "internal/statute", "internal/party", "internal/table", "internal/source", "internal/day", "internal/money"},
		"makes inputs whose answer is known, below the job that will be tested with them"},
	{"internal/proof", []string{"internal/job", "internal/config", "internal/journal", "internal/submit", "internal/enkash/sandbox", "internal/report", "internal/day", "internal/money"},
		"kills the program as it is installed and counts what a sandbox executed; nobody depends on it"},
	{"internal/testbed/gen", []string{"internal/testbed"},
		"the doorway of testbed, for whoever wants its worlds as files"},
}

// forbidden names the doors that somebody will want to open one day, and what
// would be lost by it. It adds a reason to a failure, and no permission.
var forbidden = map[[2]string]string{
	{"internal/payment", "internal/ledger"}:         "a payment is what the world says it is; job alone turns items into debts",
	{"internal/ledger", "internal/payment"}:         "the books are read before anyone looks at what was paid",
	{"internal/enkash", "internal/journal"}:         "the wire and the journal meet in payment's submit loop, where the order of write and send is proved",
	{"internal/journal", "internal/enkash"}:         "the journal must be readable when the wire has changed",
	{"internal/report", "internal/enkash"}:          "a report is rendered from results alone, years later if need be",
	{"internal/report", "internal/history"}:         "a report is rendered from results alone; what changed since yesterday is handed to it",
	{"internal/report", "internal/mail"}:            "a report is a letter as well, and does not know how letters travel",
	{"internal/report", "internal/journal"}:         "a report is rendered from results alone, years later if need be",
	{"internal/matcher", "internal/enkash"}:         "the matcher compares remittances, whichever rail told of them",
	{"internal/matcher", "internal/matcher/oracle"}: "the oracle judges the matcher",
	{"internal/history", "internal/ledger"}:         "run history outlives the form of the books",
}

// An owner is a library and the rooms that may import it in program code.
// Behind one door it can be replaced, limited and mistrusted in one place.
type owner struct {
	library string // an import path, or a prefix of one at a slash
	rooms   []string
	why     string
}

var owners = []owner{
	{"github.com/shopspring/decimal", []string{"internal/money"},
		"everyone else adds paise; a second door for decimals is a door for roundings"},
	{"github.com/xuri/excelize/v2", []string{"internal/report"},
		"report writes workbooks with it; table reads them itself, for a row of strings has lost its number formats"},
	{"github.com/gocarina/gocsv", []string{"internal/table", "internal/party"},
		"it maps the few rows of a supplier master, over our own reader and never with its own"},
	{"modernc.org/sqlite", []string{"internal/history", "internal/journal"},
		"the history may be lost and the journal may not: two files, each with its own pragmas"},
	{"github.com/robfig/cron/v3", []string{"internal/schedule"},
		"it parses expressions; its scheduler is not used"},
	{"github.com/spf13/cobra", []string{"cmd/reconcile"},
		"below cmd nothing knows that there is a command line"},
	{"github.com/spf13/pflag", []string{"cmd/reconcile"},
		"below cmd nothing knows that there is a command line"},
	{"github.com/schollz/progressbar/v3", []string{"cmd/reconcile"},
		"only cmd knows whether there is a terminal"},
	{"go.yaml.in/yaml/v3", []string{"internal/config"},
		"there is one configuration file, and it is read strictly"},
	{"github.com/klauspost/compress/flate", []string{"internal/source", "internal/report"},
		"report packs workbooks by a method whose version go.mod pins, so that the bytes stay the same"},
	{"github.com/klauspost/compress", []string{"internal/source"},
		"what is unpacked is limited where it is unpacked"},
	{"golang.org/x/text/encoding", []string{"internal/source", "internal/table"},
		"text is UTF-8 from the reader on"},
	{"golang.org/x/text/transform", []string{"internal/source", "internal/table"},
		"text is UTF-8 from the reader on"},
	{"golang.org/x/text/unicode/norm", []string{"internal/party", "internal/ledger", "internal/enkash", "internal/payment", "internal/table", "internal/approval"},
		"keys are made once, where they are read; approval compares the names of people, who must not be two by a spelling"},
	{"golang.org/x/term", []string{"cmd/reconcile"},
		"only cmd knows whether there is a terminal"},
	{"github.com/wneessen/go-mail", []string{"internal/mail"},
		"one door to mail servers, where encryption, secrets and limits are decided"},
	{"github.com/gofrs/flock", []string{"internal/history", "internal/job", "internal/listen"},
		"one run at a time is decided in one place, and one listener for each folder in another"},
}

// testLibraries serve test files, and nothing else.
var testLibraries = []string{
	"github.com/google/go-cmp",
	"pgregory.net/rapid",
	"github.com/rogpeppe/go-internal",
	// A second opinion on what the schema of the configuration says.
	"github.com/santhosh-tekuri/jsonschema/v6",
	// A mail server to talk to.
	"github.com/emersion/go-smtp",
	"github.com/emersion/go-sasl",
	// Tests look into what the owners above wrote.
	"github.com/xuri/excelize/v2",
	"modernc.org/sqlite",
	"go.yaml.in/yaml/v3",
	"github.com/klauspost/compress",
	"golang.org/x/text/encoding",
}

// A hermit is a room kept from parts of the standard library.
type hermit struct {
	room   string
	shut   []string // import paths, or prefixes of them at a slash
	reason string
}

var hermits = []hermit{
	{"internal/matcher", []string{"os", "net", "math/rand", "encoding/csv", "encoding/json", "log", "log/slog"},
		"the same items and remittances must give the same answer on any machine at any hour"},
	{"internal/payment", []string{"os", "net", "math/rand", "log", "log/slog"},
		"what happened to a payment is concluded from evidence alone"},
	{"internal/period", []string{"os", "net", "math/rand", "log", "log/slog"},
		"what two people sign must come out the same when it is made again"},
	{"internal/statute", []string{"os", "net", "math/rand", "log", "log/slog"},
		"the law is a table with dates, not a service"},
	{"internal/money", []string{"os", "net", "math/rand", "log", "log/slog"},
		"an amount does not depend on anything outside it"},
	{"internal/day", []string{"os", "net", "log", "log/slog"},
		"a calendar does not ask anyone for the date"},
	{"internal/ledger", []string{"net", "log", "log/slog"},
		"what could not be read is a Problem in the report, not a line in a log"},
	{"internal/schedule", []string{"os", "net", "math/rand", "log", "log/slog"},
		"what is due does not depend on the machine that asks"},
	{"internal/report", []string{"net", "math/rand", "log", "log/slog"},
		"the same results must give the same bytes"},
}
