#!/bin/sh
# Starts a part of Trunkline: run, node, token, publish (server), broker, console, client.
set -eu
home=/opt/trunkline
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# The same list as in ./trunkline and the parent POM.
jvm="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -XX:+UseCompactObjectHeaders"
part=$1
shift
case $part in
  broker) main=io.trunkline.broker.BrokerMain path=broker ;;
  console) main=io.trunkline.console.ConsoleMain path=console ;;
  client) main=io.trunkline.client.cli.ClientMain path=client ;;
  *)
    main=io.trunkline.gateway.launcher.Main path=server
    set -- "$part" "$@"
    ;;
esac
# shellcheck disable=SC2086 # options are words
exec "$java" $jvm ${TRUNKLINE_JAVA_OPTS:-} -Dtrunkline.dist="$home" -cp "$home/$path/*" "$main" "$@"
