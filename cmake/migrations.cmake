# tg_embed_migrations(TARGET FOLDER): every NNN_name.sql of FOLDER is compiled into TARGET as migrations()
# (src/store/postgres/detail/migrations.h), in the order of their numbers, with their SHA-256.

function(tg_embed_migrations TARGET FOLDER)
  file(GLOB FILES CONFIGURE_DEPENDS ${FOLDER}/*.sql)
  list(SORT FILES)
  set(ENTRIES "")
  foreach(FILE IN LISTS FILES)
    get_filename_component(NAME ${FILE} NAME_WE)
    string(REGEX MATCH "^[0-9]+" NUMBER ${NAME})
    math(EXPR NUMBER "1${NUMBER} - 1000")  # 008 is no octal number
    file(READ ${FILE} SQL)
    file(SHA256 ${FILE} CHECKSUM)
    string(APPEND ENTRIES "      {${NUMBER}, \"${NAME}\", \"${CHECKSUM}\", R\"tgsql(${SQL})tgsql\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FILE})
  endforeach()
  set(GENERATED ${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp)
  file(CONFIGURE OUTPUT ${GENERATED} @ONLY CONTENT
"#include \"store/postgres/detail/migrations.h\"

namespace tg::store::postgres {

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> kAll = {
${ENTRIES}  };
  return kAll;
}

}  // namespace tg::store::postgres
")
  target_sources(${TARGET} PRIVATE ${GENERATED})
endfunction()
