/**
 * Loads a package that only those need who use its transport.
 *
 * @throws Error, saying what to install, where it is not there
 */
export async function loadPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Error(`AuthClientsModule: this client needs the package ${name}, which cannot be loaded. Install it.`, {
      cause: error,
    });
  }
}
