// SPDX-License-Identifier: GPL-2.0-only
#define BENCH_SIZE 1
#include "bench_type.h"
