#pragma once
// The database that the environment names for tests.

#include <optional>
#include <string>
#include <vector>

#include "store/postgres/target.h"
#include "store/postgres/writer.h"

namespace tg::test {

struct Database {
  store::postgres::Target pooled, direct;

  store::PostgresWriter::Options writing() const;
};

// Nothing where TG_TEST_POSTGRES is not set.
const std::optional<Database>& database_of_tests();

}  // namespace tg::test
