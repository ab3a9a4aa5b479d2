#pragma once
// An export that came in through the API, taken in beside what is captured.

#include "api/api.h"
#include "pipeline/intake.h"

namespace tg::app {

// As api::Parts::import_file says.
Result<bool> import_upload(const api::ImportOrder& order, const journal::Journal& journal, pipeline::Intake& intake,
                           const std::function<void(const api::ImportProgress&)>& tell);

}  // namespace tg::app
