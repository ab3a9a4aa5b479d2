#pragma once
// [[webhooks]] of the file.

#include "config/detail/entry.h"

namespace tg::config::detail {

void read_webhooks(const toml::node& node, const FilePlaces& places, Loaded& loaded);

}  // namespace tg::config::detail
