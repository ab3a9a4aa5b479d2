# cmake -DWEB=… -DNPM=… -P: `npm ci` where node_modules is missing or older than the lock file.
set(MARK ${WEB}/node_modules/.package-lock.json)
if(EXISTS ${MARK} AND NOT ${WEB}/package-lock.json IS_NEWER_THAN ${MARK})
  return()
endif()
execute_process(COMMAND ${NPM} ci --no-audit --no-fund WORKING_DIRECTORY ${WEB} RESULT_VARIABLE FAILED)
if(FAILED)
  message(FATAL_ERROR "npm ci failed in ${WEB}; see its output above")
endif()
