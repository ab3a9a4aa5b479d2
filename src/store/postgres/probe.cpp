#include "store/postgres/probe.h"

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {
namespace {

Result<model::Time> ask_time(const Target& target, std::chrono::milliseconds patience) {
  auto db = Connection::open(target, patience);
  if (!db) return db.error();
  auto rows = (*db)->run("SELECT clock_timestamp()", {}, patience);
  if (!rows) return rows.error();
  return rows->time(0, 0);
}

}  // namespace

Answering probe(const Target& pooled, const Target& direct, std::chrono::milliseconds patience) {
  Answering answering;
  if (auto time = ask_time(direct, patience)) {
    answering.server_time = *time;
  } else {
    answering.direct = time.error();
  }
  if (auto through = ask_time(pooled, patience); !through) answering.pooled = through.error();
  const bool full = answering.pooled && (answering.pooled->code == Code::timeout ||
                                         answering.pooled->what.find("no more connections") != std::string::npos);
  answering.pool_full = full && !answering.direct;
  return answering;
}

}  // namespace tg::store::postgres
