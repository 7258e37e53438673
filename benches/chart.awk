# Draws the ratios of all tables as SVG: `awk -f benches/chart.awk RATIOS > benches/chart.svg`. A line of the input: table,
# kernel, ratio under `inherit`, ratio under `timeout`, separated by tabs.
#
# Each table is a column with a dot for each kernel, a line at the geometric mean, and the name of the worst.

BEGIN {
    FS = "\t"
    modes = split("inherit timeout", mode, " ")
    split("#1b7837 #2166ac", color, " ")
    lowest = 0.5
    highest = 4
    top = 50
    bottom = 430
    left = 50
    width = 210
}

!($1 in rows) { table[++tables] = $1 }
{
    row = ++rows[$1]
    name[$1, row] = $2
    for (m = 1; m <= modes; m++) ratio[$1, row, m] = $(m + 2)
}

function height(ratio) {
    ratio = ratio < lowest ? lowest : ratio > highest ? highest : ratio
    return bottom - (bottom - top) * log(ratio / lowest) / log(highest / lowest)
}

function text(x, y, anchor, size, fill, what) {
    gsub(/&/, "\\&amp;", what)
    gsub(/</, "\\&lt;", what)
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\">%s</text>\n", x, y, anchor, size, fill, what
}

function line(x1, x2, y, stroke, thickness) {
    printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>\n", x1, x2, y, y, stroke, thickness
}

# The title below a column, in lines of some words.
function title(x, what,    words, word, i, lines, part) {
    words = split(what, word, " ")
    for (i = 1; i <= words; i++) {
        part = part (part == "" ? "" : " ") word[i]
        if (length(part) > 22 || i == words) {
            text(x, bottom + 22 + 15 * lines++, "middle", 12, "black", part)
            part = ""
        }
    }
}

# The dots of one mode in one column, around `x`.
function dots(x, of, m,    i, sum, worst, mean) {
    worst = 1
    for (i = 1; i <= rows[of]; i++) {
        # Neighbours stand beside each other, in three files.
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\" fill-opacity=\"0.55\"/>\n", \
            x + (i % 3 - 1) * 8, height(ratio[of, i, m]), color[m]
        sum += log(ratio[of, i, m])
        if (ratio[of, i, m] > ratio[of, worst, m]) worst = i
    }
    mean = exp(sum / rows[of])
    line(x - 22, x + 22, height(mean), color[m], 2)
    text(x + 25, height(mean) + 4, "start", 11, color[m], sprintf("%.2f", mean))
    text(x, height(ratio[of, worst, m]) - 7, "middle", 10, color[m], sprintf("%s %.2f", name[of, worst], ratio[of, worst, m]))
}

END {
    total = left + width * tables + 20
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\">\n", total, bottom + 75
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
    text(left, 20, "start", 13, "black", "Time / time unguarded:")
    for (m = 1; m <= modes; m++) text(left + 80 + 90 * m, 20, "start", 13, color[m], mode[m])
    for (tick = lowest; tick <= highest; tick *= sqrt(2)) {
        line(left, total - 20, height(tick), tick > 0.99 && tick < 1.01 ? "#555" : "#ddd", 1)
        text(left - 6, height(tick) + 4, "end", 11, "black", sprintf("%.2g", tick))
    }
    for (i = 1; i <= tables; i++) {
        x = left + width * (i - 0.5)
        for (m = 1; m <= modes; m++) dots(x + (m - 1.5) * width / 2, table[i], m)
        title(x, table[i])
    }
    print "</svg>"
}
