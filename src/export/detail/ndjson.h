#pragma once
// The journal's events and the facts of its chats, one a line. source/export_file reads it back:
//
//   {"v":1,"type":"export", …}   first line: program, journal, when
//   {"v":1,"type":"chat",  …}    peer, scope, title, username, kind, updated_us
//   {"v":1,"type":"event", …}    the event as readers get it, and what only the import needs: observed_us,
//                                hidden_edit, from_page, cached, erased, raw
//   {"v":1,"type":"end",   …}    last line: chats, events; without it the file was cut off
//
// What left no event is not in it: a second account's word on a deletion that was known, and coverage, which no file
// can prove.

#include "export/detail/output.h"
#include "export/export.h"

namespace tg::exporting::detail {

Result<void> write_ndjson(store::Store& store, journal::Journal& journal, const Options& options, Output& out,
                          Written& written);

}  // namespace tg::exporting::detail
