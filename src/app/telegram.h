#pragma once
// The Telegram source, put together from the configuration.

#include <memory>

#include "config/config.h"
#include "journal/journal.h"
#include "pipeline/intake.h"
#include "source/tdlib/tdlib_source.h"
#include "store/store.h"

namespace tg::app {

std::filesystem::path accounts_folder(const config::Config& config);

// unavailable where no api_id is configured. Without `chats`.
Result<tdlib::Options> telegram_options(const config::Config& config);

// Reads the secrets' files: permission where others may read one. Nothing where no api_id is configured. It captures
// the chats that are registered and active in the store.
Result<std::unique_ptr<tdlib::TdlibSource>> make_telegram(const config::Config& config, pipeline::Intake& intake,
                                                          journal::Journal& journal, store::Store& store,
                                                          observe::Metrics& metrics, std::function<void()> on_change);

}  // namespace tg::app
