#pragma once
// Photo, file, contact, location and poll of an exported message.

#include <string>

#include "model/message.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;

// Fills message.media and message.poll. Returns the path of the file beside the export, empty where it holds none.
std::string read_media(const Fields& fields, model::Message& message);

// What the model has no field for, so that the source's own JSON must be kept.
bool media_needs_raw(const Fields& fields);

}  // namespace tg::export_file::detail
