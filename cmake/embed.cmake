# tg_embed_dashboard(TARGET): builds web/ with npm and compiles its files into TARGET, gzip beside what it makes smaller.
# With TG_DASHBOARD=OFF the set is empty, and the program serves a short page that says how to build it.

set(TG_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed.py)

function(tg_embed_dashboard TARGET)
  set(GENERATED ${CMAKE_CURRENT_BINARY_DIR}/embedded_assets.cpp)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  if(NOT TG_DASHBOARD)
    add_custom_command(OUTPUT ${GENERATED}
      COMMAND ${Python3_EXECUTABLE} ${TG_EMBED_SCRIPT} ${GENERATED}
      DEPENDS ${TG_EMBED_SCRIPT} VERBATIM)
    target_sources(${TARGET} PRIVATE ${GENERATED})
    return()
  endif()

  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "npm is needed to build the dashboard: install Node.js 18 or newer, or configure with -DTG_DASHBOARD=OFF")
  endif()
  set(WEB ${CMAKE_SOURCE_DIR}/web)
  set(DIST ${CMAKE_BINARY_DIR}/web-dist)
  file(GLOB_RECURSE WEB_SOURCES CONFIGURE_DEPENDS ${WEB}/src/* ${WEB}/public/* ${WEB}/check/*.mjs)

  # node_modules/.package-lock.json is what npm itself writes when an installation is whole.
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/web-modules.stamp
    COMMAND ${CMAKE_COMMAND} -DWEB=${WEB} -DNPM=${NPM} -P ${CMAKE_SOURCE_DIR}/cmake/npm_install.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/web-modules.stamp
    DEPENDS ${WEB}/package-lock.json ${CMAKE_SOURCE_DIR}/cmake/npm_install.cmake
    COMMENT "Installing the dashboard's build tools" VERBATIM)
  add_custom_command(OUTPUT ${DIST}/index.html
    COMMAND ${CMAKE_COMMAND} -E env OUT=${DIST} ${NPM} --prefix ${WEB} run --silent build
    DEPENDS ${CMAKE_BINARY_DIR}/web-modules.stamp ${WEB}/package.json ${WEB}/build.mjs ${WEB_SOURCES}
    WORKING_DIRECTORY ${WEB} COMMENT "Building the dashboard" VERBATIM)
  add_custom_command(OUTPUT ${GENERATED}
    COMMAND ${Python3_EXECUTABLE} ${TG_EMBED_SCRIPT} ${GENERATED} ${DIST}
    DEPENDS ${DIST}/index.html ${TG_EMBED_SCRIPT} VERBATIM)
  target_sources(${TARGET} PRIVATE ${GENERATED})
endfunction()
