package form

// Coverage names one item of law or guidance that a PEP must cover.
type Coverage string

// The items of paragraph 2 of Schedule 1 to the Care Planning, Placement and
// Case Review (England) Regulations 2010. Item (1) is taken apart, because a
// form may hold a history and still lack conduct.
const (
	HistoryInstitutions Coverage = "schedule-1-2-1-institutions"
	HistoryAttendance   Coverage = "schedule-1-2-1-attendance"
	HistoryConduct      Coverage = "schedule-1-2-1-conduct"
	HistoryAchievements Coverage = "schedule-1-2-1-achievements"
	HistorySEN          Coverage = "schedule-1-2-1-sen"
	Arrangements        Coverage = "schedule-1-2-2"
	PlannedChanges      Coverage = "schedule-1-2-3"
	LeisureInterests    Coverage = "schedule-1-2-4"
	CarersRole          Coverage = "schedule-1-2-5"
)
