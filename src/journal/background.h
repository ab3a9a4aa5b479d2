#pragma once
// Work that others need not wait for.

#include <sys/resource.h>
#include <unistd.h>

namespace tg::journal {

// While the processors are busy the calling thread has a tenth of what another has. Linux keeps a nice value a thread.
inline void give_way() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10); }

}  // namespace tg::journal
