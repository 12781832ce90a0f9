package io.trunkline.client.cli;

import io.trunkline.client.ClientBuilder;
import io.trunkline.client.FilePositionStore;
import io.trunkline.client.PositionStore;
import io.trunkline.client.SavedState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where positions and message ids are kept from start to start. */
final class StoreOption {
  private static final String NONE = "none";

  @Option(
      names = "--store",
      paramLabel = "FILE|none",
      description =
          "Where to keep what was seen, so that the next start goes on from there. Default: a file"
              + " in ~/.trunkline/positions for each user and device; not kept while another"
              + " process has it")
  private @Nullable String store;

  ClientBuilder addTo(ClientBuilder builder, PrintWriter err) {
    if (store == null) {
      Path folder = Path.of(System.getProperty("user.home", "."), ".trunkline", "positions");
      return builder.positionStore(new IfPossible(FilePositionStore.ofFolder(folder), err));
    }
    return store.equals(NONE)
        ? builder
        : builder.positionStore(FilePositionStore.ofFile(Path.of(store)));
  }

  /** Nobody asked for the default store by name: where it cannot be had, a word is enough. */
  private static final class IfPossible implements PositionStore {
    private final PositionStore store;
    private final PrintWriter err;
    private volatile boolean open;

    IfPossible(PositionStore store, PrintWriter err) {
      this.store = store;
      this.err = err;
    }

    @Override
    public SavedState load(String client) {
      try {
        SavedState state = store.load(client);
        open = true;
        return state;
      } catch (IOException e) {
        err.println(e.getMessage() + "; going on without");
        err.flush();
        return SavedState.EMPTY;
      }
    }

    @Override
    public void save(String client, SavedState state) throws IOException {
      if (open) {
        store.save(client, state);
      }
    }

    @Override
    public void release(String client) {
      store.release(client);
    }
  }
}
