# Prints the table. A line of its input: job, variant, layout, round, nanoseconds, checksum.
# Variables: unit, layouts, and saved, the file to which the ratios are appended.

BEGIN {
    FS = "\t"
    variants = split("inherit timeout", variant, " ")
}

function abs(x) { return x < 0 ? -x : x }

function median(list, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = list[i]
        for (j = i - 1; j > 0 && list[j] > x; j--) list[j + 1] = list[j]
        list[j + 1] = x
    }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# The geometric mean of the layouts, the median of the rounds.
function ratio(job, variant,    r, l, logs, list) {
    for (r = 0; r < rounds; r++) {
        logs = 0
        for (l = 0; l < layouts; l++) logs += log(time[job, variant, l, r] / time[job, "plain", l, r])
        list[r + 1] = exp(logs / layouts)
    }
    return median(list, rounds)
}

# How far each build of the crates as published is from the next one: the mean of the layouts, the median of the rounds.
function spread(job,    r, l, sum, list) {
    for (r = 0; r < rounds; r++) {
        sum = 0
        for (l = 0; l < layouts; l++)
            sum += abs(time[job, "plain", (l + 1) % layouts, r] / time[job, "plain", l, r] - 1)
        list[r + 1] = sum / layouts
    }
    return median(list, rounds)
}

function plain(job,    r, l, list, n) {
    for (r = 0; r < rounds; r++)
        for (l = 0; l < layouts; l++) list[++n] = time[job, "plain", l, r]
    return median(list, n)
}

!($1 in sum) { sum[$1] = $6; job[++count] = $1 }
$6 != sum[$1] { print "run: " $1 " computes something else with " $2 > "/dev/stderr"; bad = 1 }
{ time[$1, $2, $3, $4] = $5; if ($4 >= rounds) rounds = $4 + 1 }

END {
    if (!count) {
        print "run: no such job" > "/dev/stderr"
        exit 2
    }
    print "job\tplain\tinherit\ttimeout" (layouts > 1 ? "\t(plain)" : "")
    for (i = 1; i <= count; i++) {
        noise = layouts > 1 ? spread(job[i]) : 0
        line = sprintf("%s\t%.1f %s", job[i], plain(job[i]) / 1000, unit)
        row = "Published crates\t" job[i]
        for (v = 1; v <= variants; v++) {
            x = ratio(job[i], variant[v])
            logs[v] += log(x)
            if (x > worst[v]) worst[v] = x
            line = line (noise && abs(x - 1) <= noise ? "\t1" : sprintf("\t%.2f", x))
            row = row sprintf("\t%.4f", x)
        }
        print line (layouts > 1 ? sprintf("\t(+-%.2f)", noise) : "")
        print row >> saved
    }
    printf "geometric mean\t\t%.3f\t%.3f\n", exp(logs[1] / count), exp(logs[2] / count)
    printf "worst\t\t%.2f\t%.2f\n", worst[1], worst[2]
    exit bad
}
