#pragma once
// Work that others need not wait for.

#include <sys/resource.h>
#include <unistd.h>

namespace tg::journal {

// The calling thread comes after all others while the processors are busy. Linux keeps a nice value for each thread.
inline void give_way() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10); }

}  // namespace tg::journal
