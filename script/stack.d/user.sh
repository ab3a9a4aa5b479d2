# Where the stack lives, and as whom it runs. PostgreSQL refuses to run as root, and no server here needs to.
# shellcheck shell=bash

TREE=(script/common.sh script/stack script/stack.d deploy)

case ${TG_STACK_DIR:=} in
  '' | /*) ;;
  *) TG_STACK_DIR=$CALLED_FROM/$TG_STACK_DIR ;;
esac

# Goes on as another user, with a copy of this script and of deploy/ that is that user's: the tree may lie below a home
# that only root may enter. The copy is named for its content, so that a running one is never changed.
become_unprivileged() {
  local user=${TG_STACK_USER:-postgres} drop copy
  id "$user" >/dev/null 2>&1 || user=nobody
  drop=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups --no-new-privs)
  if [ -z "$TG_STACK_DIR" ]; then
    TG_STACK_DIR=$ROOT/build/stack
    "${drop[@]}" test -x "$ROOT" || TG_STACK_DIR=/var/lib/telegram-gateway-stack
  fi
  if [ ! -d "$TG_STACK_DIR" ]; then
    mkdir -p "$(dirname "$TG_STACK_DIR")"
    install -d -m 0755 -o "$user" -g "$(id -g "$user")" "$TG_STACK_DIR"
  fi
  "${drop[@]}" test -w "$TG_STACK_DIR" ||
    die "The user $user may not write to $TG_STACK_DIR: name another folder (TG_STACK_DIR) or user (TG_STACK_USER)"

  copy=$TG_STACK_DIR/tree-$(find "${TREE[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
  if [ ! -d "$copy" ]; then
    # shellcheck disable=SC2016
    tar -c "${TREE[@]}" | "${drop[@]}" sh -c 'mkdir "$1.$$" && tar -x -C "$1.$$" && mv "$1.$$" "$1"' _ "$copy"
  fi
  export TG_STACK_DIR HOME=$TG_STACK_DIR
  exec "${drop[@]}" "$copy/script/stack" "$@"
}

[ "$(id -u)" != 0 ] || become_unprivileged "$@"

STACK=${TG_STACK_DIR:-$ROOT/build/stack}
umask 077
