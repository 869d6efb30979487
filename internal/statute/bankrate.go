package statute

import (
	"math/bits"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A BankRate is the Reserve Bank's bank rate (RBI Act 1934, s. 49) from a day on,
// until the next.
type BankRate struct {
	From   day.Date
	Rate   money.Rate
	Source string
}

// bankRateKnown is the last day of which the table below is certain: the day
// before the decision of 5 June 2026. Later days need a rate that somebody
// entered, because a rate that is guessed is a claim that nobody made.
func bankRateKnown() day.Date { return date(2026, 6, 4) }

// bankRates is the table, in order.
func bankRates() []BankRate {
	return []BankRate{
		{date(2023, 2, 8), 675, "RBI circular DOR.RET.REC.101/12.01.001/2022-23 of 8 February 2023"},
		{date(2025, 2, 7), 650, "RBI circular DoR.RET.REC.57/12.01.001/2024-25 of 7 February 2025"},
		{date(2025, 4, 9), 625, "RBI monetary policy statement of 9 April 2025"},
		{date(2025, 6, 6), 575, "RBI monetary policy statement of 6 June 2025"},
		{date(2025, 12, 5), 550, "RBI monetary policy statement of 5 December 2025; kept on 6 February and 8 April 2026"},
	}
}

// BankRateOn returns the bank rate of a day, and false where neither the table
// nor what was entered tells it. An entered rate holds until the next one, of
// either; for one day the entered one wins.
func BankRateOn(d day.Date, entered []BankRate) (BankRate, bool) {
	var found BankRate
	known := false
	for _, r := range bankRates() {
		if r.From <= d {
			found, known = r, d <= bankRateKnown()
		}
	}
	for _, r := range entered {
		if r.From <= d && r.From >= found.From {
			found, known = r, true
		}
	}
	return found, known
}

// msmeTimes is by how much the bank rate is multiplied (MSMED Act 2006, s. 16).
const msmeTimes = 3

// MSMEInterest returns what a buyer owes a micro or small enterprise for having
// paid an amount on the day until instead of on payBy at the latest: compound
// interest with monthly rests at three times the bank rate (MSMED Act 2006,
// s. 16). The months are counted from the day after payBy; each is charged by
// its days of 365, at the rate in force when it begins, and rounded half up to
// the paisa. Where a month's rate is not known the answer is 0 and the first day
// of that month: then the rate is to be entered, and no interest is stated.
func MSMEInterest(amount money.Paise, payBy, until day.Date, entered []BankRate) (interest money.Paise, missing day.Date) {
	if amount <= 0 || payBy == 0 || until <= payBy {
		return 0, 0
	}
	first, balance := payBy+1, amount
	for n := 0; ; n++ {
		from, next := addMonths(first, n), addMonths(first, n+1)
		if from > until {
			return balance - amount, 0
		}
		rate, ok := BankRateOn(from, entered)
		if !ok {
			return 0, from
		}
		days := min(next, until+1) - from
		charge := share(balance, uint64(rate.Rate)*msmeTimes*uint64(days), 10_000*365)
		total, err := balance.Add(charge)
		if err != nil {
			return 0, from
		}
		balance = total
	}
}

// Share returns part/whole of an amount, rounded half up to the paisa; 0 where
// one of them is not positive. A part greater than the whole counts as the whole.
func Share(amount, part, whole money.Paise) money.Paise {
	if amount <= 0 || part <= 0 || whole <= 0 {
		return 0
	}
	return share(amount, uint64(min(part, whole)), uint64(whole))
}

// share returns amount × times ÷ of, rounded half up, without losing what a
// product of 128 bits holds.
func share(amount money.Paise, times, of uint64) money.Paise {
	high, low := bits.Mul64(uint64(amount), times)
	low, carry := bits.Add64(low, of/2, 0)
	high += carry
	if high >= of {
		return money.Max // more than can be held; who adds it finds out
	}
	quotient, _ := bits.Div64(high, low, of)
	if quotient > uint64(money.Max) {
		return money.Max
	}
	return money.Paise(quotient)
}

// addMonths returns the same day n months later, or the last day of that month
// where it is shorter.
func addMonths(d day.Date, n int) day.Date {
	year, month, dayOfMonth := d.Civil()
	month += n
	year, month = year+(month-1)/12, (month-1)%12+1
	for ; ; dayOfMonth-- {
		if later, ok := day.Of(year, month, dayOfMonth); ok {
			return later
		}
	}
}

// Accepted45 is the last of the forty-five days after acceptance; what is still
// owed to a micro or small enterprise later is listed in the half-yearly return
// MSME-1 (Companies Act 2013, s. 405; order S.O. 368(E) of 22 January 2019).
func Accepted45(accepted day.Date) day.Date { return accepted + daysAtMost }

// HalfYear returns the first and the last day of the half year of MSME-1 that d
// lies in: April to September, October to March.
func HalfYear(d day.Date) (first, last day.Date) {
	year, month, _ := d.Civil()
	switch {
	case month < 4:
		return date(year-1, 10, 1), date(year, 3, 31)
	case month < 10:
		return date(year, 4, 1), date(year, 9, 30)
	}
	return date(year, 10, 1), date(year+1, 3, 31)
}

// YearEnd returns 31 March of the financial year of d.
func YearEnd(d day.Date) day.Date {
	year, month, _ := d.Civil()
	if month >= 4 {
		year++
	}
	return date(year, 3, 31)
}

// GSTWatch is the day from which an unpaid invoice is watched: thirty days
// before its input tax credit is to be given back.
func GSTWatch(invoice day.Date) day.Date {
	if by := GSTPayBy(invoice); by != 0 {
		return by - 30
	}
	return 0
}
