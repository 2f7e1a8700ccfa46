/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of sanitised test builds, asked for by their run-times. A process that has locked itself in cannot start the
 * tracer that looks for leaks, nor the program that names addresses.
 */
#ifdef RF_SANITIZED

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:symbolize=0";
}

const char *__tsan_default_options(void)
{
	return "symbolize=0:report_atomic_races=0";
}

/*
 * Libraries are not instrumented: what orders their own accesses to each other is not seen. liburcu's are so many that
 * they are not even looked at. The tracer's control library has a thread of its own for channels with a read timer,
 * which uses the pipes that another thread made: the kernel's timer orders the two, whose signal comes only after it
 * was set.
 */
const char *__tsan_default_suppressions(void)
{
	/* One line a library: a pattern that fits two of them ends the program. */
	return "called_from_lib:liburcu.so\ncalled_from_lib:liburcu-cds.so\n"
	       "called_from_lib:liburcu-common.so\n"
	       "race:liblttng-ust-ctl.so\n";
}

#else

typedef int rf_no_sanitizer;

#endif
