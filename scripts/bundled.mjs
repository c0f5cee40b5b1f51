/** Packages of others that the build puts into files of Gridwire, so that nobody has to install them. */
export const BUNDLED = ['jsonata', 're2js', 'uplot'];
