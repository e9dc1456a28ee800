# Sourced by ./mvnw and ./dbrx: find_jdk prints the home of a JDK 25 or later, or says what is missing.

needed_java=25

java_major() {
  [ -x "$1/bin/javac" ] || return 1
  sed -En 's/^JAVA_VERSION="([0-9]+).*/\1/p' "$1/release" 2>/dev/null
}

jdk_candidates() {
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  local javac
  if javac=$(command -v javac); then
    javac=$(readlink -f "$javac" 2>/dev/null || echo "$javac")
    echo "${javac%/bin/javac}"
  fi
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$needed_java+" 2>/dev/null || true
  fi
  local home
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    "$HOME"/.jenv/versions/* "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -d "$home" ]; then echo "$home"; fi
  done
}

find_jdk() {
  local home major
  while IFS= read -r home; do
    major=$(java_major "$home") || continue
    if [ "${major:-0}" -ge "$needed_java" ]; then
      echo "$home"
      return
    fi
  done < <(jdk_candidates)
  echo "dbrx4j needs a JDK $needed_java or later. Looked at JAVA_HOME (${JAVA_HOME:-not set}), the PATH, and the usual" \
    "places (/usr/lib/jvm, ~/.sdkman, ~/.jdks, ...). Install one, or set JAVA_HOME to it." >&2
  return 1
}
