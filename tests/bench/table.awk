# SPDX-License-Identifier: GPL-2.0-only
# Lines WHO|MEASURE|UNIT|better is: more or less|VALUE to a table of medians: a column for each of OTHERS (words), one for
# ours, and how many times better ours is than each of them (above 1: better). Exits 1 when a figure of the first is missing.
function median(list, n, i, j, t, v) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function ratio(theirs, ours, better) {
	if (theirs == ours) return "1.00"
	if (better == "more") return theirs > 0 ? sprintf("%.2f", ours / theirs) : "inf"
	return ours > 0 ? sprintf("%.2f", theirs / ours) : "inf"
}
NF == 5 {
	if (!($2 in unit)) order[++rows] = $2
	unit[$2] = $3; better[$2] = $4
	values[$1, $2] = values[$1, $2] " " $5
}
END {
	count = split(others, other, " ")
	head = "| measure | unit |"; line = "| --- | --- |"
	for (i = 1; i <= count; i++) { head = head " " other[i] " |"; line = line " ---: |" }
	head = head " ours |"; line = line " ---: |"
	for (i = 1; i <= count; i++) { head = head (count > 1 ? " ratio to " other[i] " |" : " ratio |"); line = line " ---: |" }
	print head; print line
	for (row = 1; row <= rows; row++) {
		name = order[row]
		text = "| " name " | " unit[name] " |"; ratios = ""
		has = ("ours", name) in values
		for (i = 1; i <= count; i++) {
			if (!((other[i], name) in values) || !has) {
				text = text " " median(values[other[i], name]) " |"; ratios = ratios " missing |"
				if (i == 1) bad = 1
				continue
			}
			theirs = median(values[other[i], name])
			text = text sprintf(" %.6g |", theirs)
			ratios = ratios " " ratio(theirs, median(values["ours", name]), better[name]) " |"
		}
		print text (has ? sprintf(" %.6g |", median(values["ours", name])) : " |") ratios
	}
	exit bad || rows == 0
}
